/** Where an AWS region is, in a word. A region that is not listed shows its code only. */
const places: Readonly<Record<string, string>> = {
  'af-south-1': 'Cape Town', 'ap-east-1': 'Hong Kong', 'ap-east-2': 'Taipei', 'ap-northeast-1': 'Tokyo', 'ap-northeast-2': 'Seoul', 'ap-northeast-3': 'Osaka',
  'ap-south-1': 'Mumbai', 'ap-south-2': 'Hyderabad', 'ap-southeast-1': 'Singapore', 'ap-southeast-2': 'Sydney', 'ap-southeast-3': 'Jakarta',
  'ap-southeast-4': 'Melbourne', 'ap-southeast-5': 'Malaysia', 'ap-southeast-6': 'New Zealand', 'ap-southeast-7': 'Thailand', 'ca-central-1': 'Canada',
  'ca-west-1': 'Calgary', 'cn-north-1': 'Beijing', 'cn-northwest-1': 'Ningxia', 'eu-central-1': 'Frankfurt', 'eu-central-2': 'Zurich', 'eu-north-1': 'Stockholm',
  'eu-south-1': 'Milan', 'eu-south-2': 'Spain', 'eu-west-1': 'Ireland', 'eu-west-2': 'London', 'eu-west-3': 'Paris', 'il-central-1': 'Tel Aviv',
  'me-central-1': 'UAE', 'me-south-1': 'Bahrain', 'mx-central-1': 'Mexico', 'sa-east-1': 'São Paulo', 'us-east-1': 'N. Virginia', 'us-east-2': 'Ohio',
  'us-gov-east-1': 'GovCloud East', 'us-gov-west-1': 'GovCloud West', 'us-west-1': 'N. California', 'us-west-2': 'Oregon',
};

/** Regions a person can choose when no profile names them, commercial ones first. */
export const knownRegions: readonly string[] = Object.keys(places);

export function regionName(region: string): string | undefined {
  return Object.hasOwn(places, region) ? places[region] : undefined;
}
