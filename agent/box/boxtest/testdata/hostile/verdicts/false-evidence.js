// Crashes as an engine without memory would, with plenty left.
// want: signal 6
// limits: memory=512M
process.stderr.write('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n');
process.abort();
