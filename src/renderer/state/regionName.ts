/** Where an AWS region is, in a word of the window's language. A region that is not listed shows its code only. */
import { en } from '../i18n/en.ts';
import { i18n } from '../i18n/i18n.ts';

type KnownRegion = keyof typeof en.regions;

function isKnown(region: string): region is KnownRegion {
  return Object.hasOwn(en.regions, region);
}

/** Regions a person can choose when no profile names them, commercial ones first. */
export const knownRegions: readonly string[] = Object.keys(en.regions);

export function regionName(region: string): string | undefined {
  return isKnown(region) ? i18n.t(`regions.${region}`) : undefined;
}
