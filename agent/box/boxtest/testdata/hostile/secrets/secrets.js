// Reads the host from Node: its environment, its users, its network, its files.
// want: exit 0 "contained\n"
// limits: memory=512M cpu=5s
const fs = require('fs'), os = require('os');
for (const name of Object.keys(process.env))
  if (name.includes('ASSAY')) console.log('breach', name, process.env[name]);
for (const dir of ['/root', '/home', '/var', '/run', '/sys', '/usr/local'])
  try { for (const f of fs.readdirSync(dir)) console.log('breach', dir, f); } catch (e) { }
try {
  for (const [name, list] of Object.entries(os.networkInterfaces()))
    console.log('breach', name, list.map(a => a.address).join());
} catch (e) { }
console.log('contained');
