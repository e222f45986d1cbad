// Exits by a number that does not fit.
// want: exit 255
// limits: memory=512M
process.exit(-1);
