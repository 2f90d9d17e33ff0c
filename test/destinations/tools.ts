import type {
  Credentials,
  Destination,
  DestinationTools,
  DestinationType,
  Outgoing,
} from '#destinations/destination.ts';
import type { Message } from '#domain/message.ts';

/** The API bases and tokens of stand-ins; what is left out has no token. */
export function credentialsFor(given: {
  readonly slack?: { readonly url: string; readonly token: string };
  readonly discord?: { readonly url: string; readonly token: string };
}): Credentials {
  return {
    slack: platform(given.slack, 'https://slack.com/api/'),
    discord: platform(given.discord, 'https://discord.com/api'),
  };
}

function platform(given: { readonly url: string; readonly token: string } | undefined, vendors: string) {
  if (given === undefined) return { apiUrl: vendors, isOverridden: false };
  return { apiUrl: given.url, botToken: given.token, isOverridden: true };
}

export function toolsWith(credentials: Credentials, now: () => Date = () => new Date()): DestinationTools {
  return { credentials, fetch: globalThis.fetch, now };
}

let deliveries = 0;

/** A message under a delivery id of its own. */
export function outgoing(message: Message, firstTriedAt = new Date()): Outgoing {
  deliveries += 1;
  const deliveryId = `5b0d3c1e-6a52-5f0b-9c3e-${String(deliveries).padStart(12, '0')}`;
  return { deliveryId, message, firstTriedAt };
}

/** The destination behind `settings`, which go through the schema that rules.yaml goes through; throws when it is closed. */
export async function opened<Settings>(
  type: DestinationType<Settings>,
  settings: unknown,
  tools: DestinationTools,
): Promise<Destination> {
  const result = await type.open('here', type.settings.parse(settings), tools);
  if (result.kind === 'closed') throw new Error(result.reason);
  return result.destination;
}
