// The TypeScript SDK 2, which first tries 2026-07-28.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { hold } from './conversation.mjs';

await hold(
  new Client({ name: 'client', version: '2' }, { versionNegotiation: { mode: 'auto' } }),
  { http: url => new StreamableHTTPClientTransport(url), stdio: server => new StdioClientTransport(server) },
  client => client.getNegotiatedProtocolVersion(),
);
