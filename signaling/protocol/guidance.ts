/**
 * Cards of guidance, by id and version. What a card shows stands in `clients/guidance`; the server knows the ids, so that
 * nothing unknown is pushed, and which versions the site has approved. A changed card is a new version, never the old one.
 */
import * as z from 'zod/mini';
import { Label, UtcMs } from './values.ts';

/** Language of a page for the public. */
export const LANGUAGES = ['zh-CN', 'en'] as const;
export const Language = z.enum(LANGUAGES);
export type Language = z.infer<typeof Language>;

/** What is needed, as the dispatcher sees it when the link is made. */
export const NEEDS = ['arrest', 'choking', 'bleeding', 'birth', 'other', 'none'] as const;
export const Need = z.enum(NEEDS);
export type Need = z.infer<typeof Need>;

export const CARD_IDS = [
  'cpr-adult',
  'cpr-child',
  'cpr-infant',
  'aed',
  'choking',
  'bleeding',
  'recovery-position',
  'birth',
  'burns',
  'wait-for-help',
] as const;
export const CardId = z.enum(CARD_IDS);
export type CardId = z.infer<typeof CardId>;
export const CardVersion = z.int().check(z.gte(1), z.lte(9999));

/** The newest version of each card and the guideline it follows. */
export const CARDS: Readonly<Record<CardId, { readonly version: number; readonly guideline: string }>> = {
  'cpr-adult': { version: 1, guideline: 'AHA 2025 / ERC 2025, adult basic life support' },
  'cpr-child': { version: 1, guideline: 'AHA 2025 / ERC 2025, paediatric basic life support' },
  'cpr-infant': { version: 1, guideline: 'AHA 2025 / ERC 2025, paediatric basic life support' },
  aed: { version: 1, guideline: 'AHA 2025 / ERC 2025, automated external defibrillation' },
  choking: { version: 1, guideline: 'AHA 2025 / ERC 2025, foreign-body airway obstruction' },
  bleeding: { version: 1, guideline: 'AHA and Red Cross 2024, first aid: life-threatening bleeding' },
  'recovery-position': { version: 1, guideline: 'ERC 2025, first aid: recovery position' },
  birth: { version: 1, guideline: 'ERC 2025, emergency birth; WHO 2015 essential newborn care' },
  burns: { version: 1, guideline: 'AHA and Red Cross 2024, first aid: thermal burns' },
  'wait-for-help': { version: 1, guideline: 'Local dispatch procedure' },
};

/** The card that a page shows by itself for what is needed. Compressions are shown for arrest alone. */
export const CARD_FOR_NEED: Readonly<Record<Need, CardId>> = {
  arrest: 'cpr-adult',
  choking: 'choking',
  bleeding: 'bleeding',
  birth: 'birth',
  other: 'wait-for-help',
  none: 'wait-for-help',
};

/** A version of a card as the site stands to it: without an approval it cannot be pushed in production. */
export const CardStanding = z.strictObject({
  cardId: CardId,
  version: CardVersion,
  guideline: Label,
  approval: z.optional(z.strictObject({ approver: Label, at: UtcMs })),
  /** False in production without an approval. */
  pushable: z.boolean(),
});
export type CardStanding = z.infer<typeof CardStanding>;

/** Rate of the metronome in compressions a minute: it never leaves 100 to 120 (AHA 2025, ERC 2025). */
export const METRONOME_RATE = { least: 100, normal: 110, most: 120 } as const;
export const MetronomeRate = z.number().check(z.gte(METRONOME_RATE.least), z.lte(METRONOME_RATE.most));
export const CprMode = z.enum(['continuous', '30:2']);
export type CprMode = z.infer<typeof CprMode>;
