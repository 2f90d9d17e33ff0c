import type { REST } from '@discordjs/rest';
import { discordOutcome } from '#destinations/discord-outcome.ts';
import { commands } from './commands.ts';
import type { Verdict } from './connection.ts';

const callTimeoutMs = 10_000;

/** How every client of Discord's is set up here: it repeats nothing and waits for no limit by itself. */
export function restOptions(apiUrl: string) {
  return {
    version: '10',
    api: apiUrl.replace(/\/+$/, ''),
    timeout: callTimeoutMs,
    retries: 0,
    rejectOnRateLimit: () => true,
  };
}

/** Makes our slash command the only one of the application, everywhere it is installed. Replaces what was there, so it can be repeated. */
export async function registerCommands(
  rest: Pick<REST, 'put'>,
  applicationId: string,
  commandName: string,
): Promise<void> {
  await rest.put(`/applications/${applicationId}/commands`, {
    signal: AbortSignal.timeout(callTimeoutMs),
    body: [
      {
        type: 1,
        name: discordName(commandName),
        description: 'What happens in the video meetings',
        // Only in servers that invited the bot, not in private conversations.
        contexts: [0],
        integration_types: [0],
        options: commands.map(({ name, summary }) => ({ type: 1, name, description: summary })),
      },
    ],
  });
}

/** `/Meet` is `meet` at Discord. */
export function discordName(commandName: string): string {
  return commandName.replace(/^\//, '').toLowerCase();
}

/** What an error while connecting means. */
export function judgeDiscord(error: unknown): Verdict {
  const outcome = discordOutcome(error, 0);
  const isFinal = outcome.kind === 'refused' && outcome.scope === 'credential';
  return { reason: outcome.kind === 'sent' ? 'Discord: no connection' : outcome.reason, isFinal };
}
