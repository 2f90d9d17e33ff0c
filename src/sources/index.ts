import { livekit } from './livekit.ts';
import { plugnmeet } from './plugnmeet.ts';
import { standardWebhooks } from './standard-webhooks.ts';
import { videosdk } from './videosdk.ts';

/** Every platform that can be configured under `sources:`. */
export const sourceTypes = [plugnmeet, livekit, videosdk, standardWebhooks] as const;
