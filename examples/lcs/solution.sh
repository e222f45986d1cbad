read -r a
read -r b
m=${#b}
for ((j = 0; j <= m; j++)); do row[j]=0; done
for ((j = 0; j < m; j++)); do y[j]=${b:j:1}; done
for ((i = 0; i < ${#a}; i++)); do
  x=${a:i:1} diagonal=0 left=0
  for ((j = 0; j < m; j++)); do
    above=${row[j + 1]}
    if [[ $x == "${y[j]}" ]]; then left=$((diagonal + 1)); elif ((above > left)); then left=$above; fi
    row[j + 1]=$left
    diagonal=$above
  done
done
echo "${row[m]}"
