// A conversation by the stock client of the protocol, with its own verification of events and no
// adapter. Reads {url, token, threadId, steps} from standard input, where a step is a question or
// {repost: true}, which sends the last run again as a client does that lost its connection.
// Prints what the client holds after each step.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

// The client is a development package of the page; this script lies outside its folder.
const page = createRequire(new URL("../../modules/frontend/package.json", import.meta.url));
const { HttpAgent } = await import(pathToFileURL(page.resolve("@ag-ui/client")).href);

const { url, token, threadId, steps } = JSON.parse(await text(process.stdin));
const agent = new HttpAgent({ url, threadId, headers: { Authorization: `Bearer ${token}` } });
const seen = [];
agent.subscribe({ onEvent: ({ event }) => void seen.push(event) });

const results = [];
let runId;
for (const step of steps) {
  seen.length = 0;
  if (!step.repost) {
    agent.addMessage({ id: crypto.randomUUID(), role: "user", content: step });
    runId = crypto.randomUUID();
  }
  await agent.runAgent({ runId });
  results.push({ runId, messages: agent.messages, events: [...seen] });
}
console.log(JSON.stringify(results));
