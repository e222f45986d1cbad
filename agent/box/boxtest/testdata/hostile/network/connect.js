// Connects from Node, by name and by address.
// want: exit 0 "contained\n"
// limits: memory=512M cpu=5s
const net = require('net'), dns = require('dns');
let open = 3;
const done = () => { if (--open === 0) console.log('contained'); };
for (const host of ['127.0.0.1', '::1']) {
  const s = net.connect({ host, port: Number(process.env.CANARY_PORT) });
  s.on('connect', () => console.log('breach'));
  s.on('data', d => console.log('breach', d.toString()));
  s.on('error', done);
}
dns.lookup('example.com', err => { if (!err) console.log('breach'); done(); });
