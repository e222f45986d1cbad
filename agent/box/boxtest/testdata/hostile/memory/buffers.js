// Takes memory outside the heap that the engine counts.
// want: limit memory
// limits: memory=128M cpu=10s
const all = [];
for (;;) all.push(Buffer.alloc(4 << 20, 1));
