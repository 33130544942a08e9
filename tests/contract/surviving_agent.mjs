// The stock client of the protocol, whose server dies under it: it posts its run again, elsewhere,
// until the run has ended. Reads lines from standard input: first {urls, token}, then for each run
// {threadId, runId, question}. Prints {"came": true} with each event of the first post, and at the
// run's end {"held": messages, "posts": n, "ms": milliseconds since the first post failed}.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const page = createRequire(new URL("../../modules/frontend/package.json", import.meta.url));
const { HttpAgent } = await import(pathToFileURL(page.resolve("@ag-ui/client")).href);

const POSTS = 200;
const PAUSE_MS = 200;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

// Beside rejecting, the client lets the error of a broken stream go unhandled.
process.on("unhandledRejection", () => {});

const { urls, token } = JSON.parse((await lines.next()).value);
for await (const line of { [Symbol.asyncIterator]: () => lines }) {
  const { threadId, runId, question } = JSON.parse(line);
  const messages = [{ id: crypto.randomUUID(), role: "user", content: question }];
  let held = messages;
  let posts = 0;
  let failed;
  let ended = false;
  while (!ended && posts < POSTS) {
    const url = urls[posts % urls.length];
    const headers = { Authorization: `Bearer ${token}` };
    const agent = new HttpAgent({ url, threadId, headers, initialMessages: held });
    agent.subscribe({
      onEvent: () => {
        if (posts === 1) tell({ came: true });
      },
      onRunFinishedEvent: () => void (ended = true),
      onRunErrorEvent: () => void (ended = true),
    });
    posts += 1;
    try {
      await agent.runAgent({ runId });
    } catch {
      // The connection broke, or nobody serves there: once more, elsewhere.
    }
    held = agent.messages;
    if (!ended) {
      failed ??= performance.now();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
  tell({ held, posts, ms: failed === undefined ? 0 : performance.now() - failed });
}
