const [a, b] = require("fs").readFileSync(0, "utf8").split(/\s+/);
const row = new Array(b.length + 1).fill(0);
for (const x of a) {
  let diagonal = 0;
  for (let j = 1; j <= b.length; j++) {
    const above = row[j];
    row[j] = x === b[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1]);
    diagonal = above;
  }
}
console.log(row[b.length]);
