// The loop of a Lambda function, where AWS's own could not be built: the Runtime API and nothing else. Starts sooner than AWS's.
import http from "node:http";

const api = process.env.AWS_LAMBDA_RUNTIME_API;
const base = `http://${api}/2018-06-01/runtime/invocation`;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function request(method, url, body) {
  return new Promise((resolve, reject) => {
    const outgoing = http.request(url, { method, agent, headers: { "content-type": "application/json" } }, (incoming) => {
      const parts = [];
      incoming.on("data", (part) => parts.push(part));
      incoming.on("end", () => resolve({ headers: incoming.headers, text: Buffer.concat(parts).toString() }));
      incoming.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Hands every event to `handler` and posts what it returns, for as long as the process lives. */
async function run(handler) {
  for (;;) {
    const { headers, text } = await request("GET", `${base}/next`);
    const id = headers["lambda-runtime-aws-request-id"];
    try {
      const answer = await handler(JSON.parse(text));
      await request("POST", `${base}/${id}/response`, JSON.stringify(answer));
    } catch (error) {
      const body = JSON.stringify({ errorType: error.name, errorMessage: error.message });
      await request("POST", `${base}/${id}/error`, body);
    }
  }
}

run((await import(process.argv[2])).handler);
