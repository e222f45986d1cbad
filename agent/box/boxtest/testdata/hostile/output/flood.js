// Floods stdout faster than it is written: what is not is memory of the engine, which may give up first.
// want: limit output
// want: limit memory
// want: signal 6
// limits: memory=256M cpu=5s
for (;;) process.stdout.write('y'.repeat(1 << 16));
