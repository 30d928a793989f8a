/** The map server of the site, for the plan on the dispatcher's page. */
import { z } from 'zod';
import { option, section } from './option.ts';

/** Whether it has all three numbers of a tile, outside of the origin: one origin is what the pages' policy can name. */
function namesTiles(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && !url.host.includes('{') && ['{z}', '{x}', '{y}'].every((part) => text.includes(part))
  );
}

const tileUrl = z.url({ protocol: /^https$/ }).refine(namesTiles, {
  error: 'is not an address such as https://tiles.example/{z}/{x}/{y}.png',
});

export const map = section(
  {
    tileUrl: option(tileUrl.optional(), {
      meaning:
        'Address of map tiles with `{z}`, `{x}` and `{y}`, as web maps name them. The pages of staff may then load pictures from that origin, and that server learns where incidents are: use one of your own. Without it the map is a plain plan with distances.',
    }),
    tileDatum: option(z.enum(['wgs84', 'gcj02', 'bd09']).default('wgs84'), {
      meaning: 'What the tiles are drawn in. Maps of mainland China are drawn in GCJ-02 or BD-09.',
    }),
    attribution: option(z.string().max(200).default(''), {
      meaning: 'Whose map it is, as its licence asks to be named.',
    }),
  },
  'Map of the dispatcher’s page.',
);
