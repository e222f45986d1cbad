// Leaves a detached child that the event loop does not wait for.
// want: exit 0 "gone\n"
// limits: memory=512M cpu=5s
const { spawn } = require('child_process');
spawn('/bin/sh', ['-c', 'trap "" TERM HUP; while :; do echo x > /tmp/late; done'], { detached: true, stdio: 'ignore' }).unref();
console.log('gone');
