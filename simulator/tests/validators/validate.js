// Reads one message from standard input; exit code 0 if sns-validator takes it, 1 with its reason if not.
// SNS_HOST is played at SNS_PORT of this machine; NODE_EXTRA_CA_CERTS names the authority of its certificate.
'use strict';
const https = require('https');
const get = https.get;
https.get = (url, done) => {
  const { hostname, pathname } = new URL(url);
  if (hostname !== process.env.SNS_HOST) throw new Error(`${hostname} is not played`);
  return get({ host: '127.0.0.1', port: process.env.SNS_PORT, path: pathname, servername: hostname,
               headers: { host: hostname } }, done);
};
const MessageValidator = require('sns-validator');
const message = require('fs').readFileSync(0, 'utf8');
new MessageValidator().validate(message, (error) => {
  if (error) {
    console.error(error.message);
    process.exit(1);
  }
});
