use std::io::Read;

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let mut words = text.split_whitespace().map(str::as_bytes);
    let (a, b) = (words.next().unwrap(), words.next().unwrap());
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut diagonal = 0;
        for j in 0..b.len() {
            let above = row[j + 1];
            row[j + 1] = if *x == b[j] { diagonal + 1 } else { row[j + 1].max(row[j]) };
            diagonal = above;
        }
    }
    println!("{}", row[b.len()]);
}
