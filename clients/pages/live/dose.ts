/** Doses in words, and the common drugs of an ambulance. Pure. */
import type { EventOf } from '../../../signaling/protocol/events.ts';

export type Dose = EventOf<'DrugGiven'>['drug'];

/**
 * A starting point for the form, shown and confirmed before it becomes a fact. Adult doses of the ERC guidelines 2021
 * (adult advanced life support, acute coronary syndrome); whoever gives the drug decides.
 */
export const COMMON_DRUGS = [
  { key: 'adrenaline', dose: 1, unit: 'mg', route: 'IV' },
  { key: 'amiodarone', dose: 300, unit: 'mg', route: 'IV' },
  { key: 'aspirin', dose: 300, unit: 'mg', route: 'PO' },
  { key: 'nitroglycerin', dose: 0.5, unit: 'mg', route: 'SL' },
  { key: 'atropine', dose: 0.5, unit: 'mg', route: 'IV' },
  { key: 'midazolam', dose: 5, unit: 'mg', route: 'IM' },
  { key: 'glucose', dose: 20, unit: 'g', route: 'IV' },
  { key: 'saline', dose: 500, unit: 'mL', route: 'IV' },
] as const;

export const ROUTES = ['IV', 'IO', 'IM', 'PO', 'SL', 'IN', 'SC', 'INH'] as const;
export const UNITS = ['mg', 'g', 'µg', 'mL', 'IU', 'L/min'] as const;

/** Device settings that are entered most, as a device and what is typed after it. */
export const COMMON_SETTINGS = ['defibrillator', 'ventilator', 'oxygen', 'pump', 'suction', 'pacer'] as const;

/** A dose typed by a person, with comma or point; undefined when it is no dose. */
export function parseDose(text: string): number | undefined {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) && value > 0 && value < 1e6 ? value : undefined;
}
