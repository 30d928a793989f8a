/** The HTTP interface of recordings for these pages; loaded with them, never for signing in. */
import { RecordingsApi } from '../../core/review/api.ts';

export const recordings = new RecordingsApi((input, init) => fetch(input, init));
