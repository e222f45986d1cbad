// Holds the event loop for ever.
// want: limit cpu
// limits: memory=512M cpu=300ms
for (;;) ;
