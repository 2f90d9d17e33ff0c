const pollMs = 4000;
/** Asked also while there is a stream: something in between may hold it back. */
const checkMs = 30_000;
const retryStreamMs = 30_000;

/**
 * Keeps the page true: told by the server's stream where there is one, else by asking. `take(items, isWhole)` gets what changed, newest
 * first; with `isWhole` it is everything there is. `tell(state)` gets `live`, `polling`, `offline` or `locked`. Rests while nobody looks.
 */
export function follow({ base, take, tell }) {
  let after = 0;
  let stream;
  let isLoading = false;
  let isStale = false;
  let isWholeWanted = true;
  let isStreamLost = false;
  let timer;
  let streamTimer;

  const load = async () => {
    if (isLoading) {
      isStale = true;
      return;
    }
    isLoading = true;
    clearTimeout(timer);
    try {
      do {
        isStale = false;
        await loadOnce();
      } while (isStale);
    } finally {
      isLoading = false;
      if (!document.hidden) timer = setTimeout(reload, isStreaming() ? checkMs : pollMs);
    }
  };

  const reload = () => void load();

  const loadOnce = async () => {
    const isWhole = isWholeWanted;
    isWholeWanted = false;
    const { status, items } = await ask(new URL(`messages?after=${isWhole ? 0 : after}`, base));
    if (items === undefined) {
      isWholeWanted = true;
      tell(status === 401 ? 'locked' : 'offline');
      return;
    }
    after = Math.max(isWhole ? 0 : after, ...items.map(({ change }) => change));
    take(items, isWhole);
    if (isStreaming()) tell('live');
    else if (isStreamLost) tell('polling');
  };

  const isStreaming = () => stream?.readyState === EventSource.OPEN;

  const openStream = () => {
    clearTimeout(streamTimer);
    stream = new EventSource(new URL('stream', base));
    stream.addEventListener('open', () => {
      isStreamLost = false;
      reload();
    });
    stream.addEventListener('changed', reload);
    stream.addEventListener('error', () => {
      isStreamLost = true;
      // After a gap everything is read anew: the server may be another one now.
      isWholeWanted = true;
      if (stream.readyState === EventSource.CLOSED) streamTimer = setTimeout(openStream, retryStreamMs);
      reload();
    });
  };

  const rest = () => {
    clearTimeout(timer);
    clearTimeout(streamTimer);
    stream?.close();
  };
  const wake = () => {
    isWholeWanted = true;
    openStream();
    reload();
  };

  document.addEventListener('visibilitychange', () => (document.hidden ? rest() : wake()));
  wake();
}

/** The items; none when there was no proper answer. */
async function ask(address) {
  try {
    const response = await fetch(address);
    return response.ok
      ? { status: response.status, ...(await response.json()) }
      : { status: response.status };
  } catch {
    return { status: 0 };
  }
}
