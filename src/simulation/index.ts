import { livekit } from './livekit.ts';
import { plugnmeet } from './plugnmeet.ts';
import { standardWebhooks } from './standard-webhooks.ts';
import { videosdk } from './videosdk.ts';

/** Every platform whose webhooks can be made. */
export const platforms = [plugnmeet, livekit, videosdk, standardWebhooks] as const;
