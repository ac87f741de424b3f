// Reads a conversation from stdin, makes its requests with a client, and writes each answer as a line of JSON. The program that starts this
// script compares the answers.
import { readFileSync } from 'node:fs';

const { url, command, env, steps } = JSON.parse(readFileSync(0, 'utf8'));

/**
 * @param client    a client that is not connected yet
 * @param transports makes its transport: http(url) or stdio({command, env})
 * @param version    returns the negotiated version of MCP
 */
export async function hold(client, transports, version) {
  const ask = {
    'tools/list': params => client.listTools(params),
    'tools/call': params => client.callTool(params),
    'resources/list': params => client.listResources(params),
    'resources/templates/list': params => client.listResourceTemplates(params),
    'resources/read': params => client.readResource(params),
    'completion/complete': params => client.complete(params),
  };
  const transport = url ? transports.http(new URL(url)) : transports.stdio({ command, env });
  await client.connect(transport);
  write({ version: version(client, transport) });
  for (const { method, params } of steps) {
    try {
      write({ result: await ask[method](params) });
    } catch (error) {
      write({ error: error.message });
    }
  }
  await client.close();
}

function write(answer) {
  process.stdout.write(JSON.stringify(answer) + '\n');
}
