// The TypeScript SDK 1, which most hosts still use: 2025-11-25, with initialize.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { hold } from './conversation.mjs';

await hold(
  new Client({ name: 'sdk', version: '1' }),
  { http: url => new StreamableHTTPClientTransport(url), stdio: server => remembering(new StdioClientTransport(server)) },
  (_, transport) => transport.protocolVersion,
);

// The client passes the negotiated version only to its transport, and the stdio transport does not store it.
function remembering(transport) {
  transport.setProtocolVersion = version => (transport.protocolVersion = version);
  return transport;
}
