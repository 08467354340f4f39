// What c2l is held against: the same four lists in pages of 500 with gzip, parsed, and nothing else done.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const { server, tls } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const client = server.startsWith('https:') ? https : http;
const agent = new client.Agent({ keepAlive: true, ...tls });

function get(path) {
  return new Promise((resolve, reject) => {
    const headers = { accept: 'application/json', 'accept-encoding': 'gzip' };
    client
      .get(new URL(path, server), { agent, headers }, async (response) => {
        const chunks = [];
        for await (const chunk of response) chunks.push(chunk);
        const body = Buffer.concat(chunks);
        const text = response.headers['content-encoding'] === 'gzip' ? await promisify(gunzip)(body) : body;
        if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode}`));
        else resolve(JSON.parse(text.toString('utf8')));
      })
      .on('error', reject);
  });
}

async function list(path) {
  const items = [];
  let token = '';
  do {
    const page = await get(`${path}?limit=500${token && `&continue=${encodeURIComponent(token)}`}`);
    items.push(...page.items);
    token = page.metadata.continue ?? '';
  } while (token !== '');
  return items;
}

const paths = ['/api/v1/pods', '/api/v1/secrets', '/apis/apps/v1/deployments', '/apis/apps/v1/statefulsets'];
const lists = await Promise.all(paths.map(list));
console.log(lists.map((items) => items.length).join(' '));
process.exit();
