import { discord } from './discord.ts';
import { preview } from './preview.ts';
import { slack } from './slack.ts';

/** Every platform that can be configured. A new one is a file and a name here. */
export const destinationTypes = [slack, discord, preview] as const;
