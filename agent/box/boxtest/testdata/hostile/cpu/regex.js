// A pattern that takes exponential time.
// want: limit cpu
// limits: memory=512M cpu=400ms
/(a+)+$/.test('a'.repeat(64) + 'b');
