package main

import "fmt"

func main() {
	var a, b string
	fmt.Scan(&a, &b)
	row := make([]int, len(b)+1)
	for i := range a {
		diagonal := 0
		for j := range b {
			above := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	fmt.Println(row[len(b)])
}
