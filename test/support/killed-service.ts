// Runs the program as its own process, so that a test can kill it. Arguments: none; everything comes from the environment.
import { startApp } from '#app';
import { readEnvironment } from '#runtime/environment.ts';

const app = await startApp(readEnvironment(process.env, false), {
  now: () => new Date(),
  random: Math.random,
  fetch: globalThis.fetch,
  write: () => undefined,
});
process.send?.({ port: app.port });
