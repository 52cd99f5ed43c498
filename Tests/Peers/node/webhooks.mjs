// Verifies one callback with the npm package of the Standard Webhooks specification. One JSON line out.
// stdin: {"secret", "headers", "body"}
import { Webhook } from 'standardwebhooks';

let text = '';
for await (const chunk of process.stdin) text += chunk;
const { secret, headers, body } = JSON.parse(text);
try {
  console.log(JSON.stringify({ payload: new Webhook(secret).verify(body, headers) }));
} catch (error) {
  console.log(JSON.stringify({ refused: error.message }));
}
