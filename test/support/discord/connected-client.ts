import { Client, Events, GatewayIntentBits, type Interaction } from 'discord.js';
import type { DiscordStandIn } from './stand-in.ts';

/** A real discord.js Client that is ready; it hands every interaction to `answer`, and disposing of it logs it out. */
export async function connectClient(
  discord: DiscordStandIn,
  answer: (interaction: Interaction) => Promise<unknown> = async () => {},
): Promise<Client<true> & AsyncDisposable> {
  const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: discord.url, retries: 0 } });
  const ready = new Promise<Client<true>>((resolve) => {
    client.once(Events.ClientReady, resolve);
  });
  // Without a listener for errors a dropped socket would end the process.
  client.on(Events.Error, () => {});
  client.on(Events.InteractionCreate, (interaction) => void answer(interaction));
  await client.login(discord.token);
  return Object.assign(await ready, { [Symbol.asyncDispose]: () => client.destroy() });
}
