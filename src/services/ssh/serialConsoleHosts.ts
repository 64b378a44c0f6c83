/**
 * The hosts of the EC2 serial console, and the fingerprints AWS publishes of their keys: the one host key nobody has to be asked about.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-to-serial-console.html
 */
import type { SerialConsoleHost } from '../base/cloud.ts';

/** How the names are made, as regions were added. */
const forms = {
  older: (region: string): string => `serial-console.ec2-instance-connect.${region}.aws`,
  newer: (region: string): string => `ec2-serial-console.${region}.api.aws`,
  govCloud: (region: string): string => `serial-console.ec2-instance-connect.${region}.amazonaws.com`,
  china: (region: string): string => `ec2-serial-console.${region}.api.amazonwebservices.com.cn`,
} as const;

const published: Readonly<Record<string, readonly [form: keyof typeof forms, sha256: string]>> = {
  'af-south-1': ['newer', 'RMWWZ2fVePeJUqzjO5jL2KIgXsczoHlz21Ed00biiWI'],
  'ap-east-1': ['newer', 'T0Q1lpiXxChoZHplnAkjbP7tkm2xXViC9bJFsjYnifk'],
  'ap-northeast-1': ['older', 'RQfsDCZTOfQawewTRDV1t9Em/HMrFQe+CRlIOT5um4k'],
  'ap-northeast-2': ['older', 'FoqWXNX+DZ++GuNTztg9PK49WYMqBX+FrcZM2dSrqrI'],
  'ap-northeast-3': ['newer', 'Am0/jiBKBnBuFnHr9aXsgEV3G8Tu/vVHFXE/3UcyjsQ'],
  'ap-south-1': ['older', 'oBLXcYmklqHHEbliARxEgH8IsO51rezTPiSM35BsU40'],
  'ap-south-2': ['newer', 'WJgPBSwV4/shN+OPITValoewAuYj15DVW845JEhDKRs'],
  'ap-southeast-1': ['older', 'PLFNn7WnCQDHx3qmwLu1Gy/O8TUX7LQgZuaC6L45CoY'],
  'ap-southeast-2': ['older', 'yFvMwUK9lEUQjQTRoXXzuN+cW9/VSe9W984Cf5Tgzo4'],
  'ap-southeast-3': ['newer', '5ZwgrCh+lfns32XITqL/4O0zIfbx4bZgsYFqy3o8mIk'],
  'ap-southeast-4': ['newer', 'Avaq27hFgLvjn5gTSShZ0oV7h90p0GG46wfOeT6ZJvM'],
  'ap-southeast-5': ['newer', 'cQXTHQMRcqRdIjmAGoAMBSExeoRobYyRwT67yTjnEiA'],
  'ap-southeast-7': ['newer', 'KCAZiRYrR1Q2lqsg7vTwixWmvc2wmjVT31XRgSdEfDY'],
  'ca-central-1': ['older', 'P2O2jOZwmpMwkpO6YW738FIOTHdUTyEv2gczYMMO7s4'],
  'ca-west-1': ['newer', 's3rc8lI2xhbhr3iedjJNxGAFLPGOLjx7IxxXrGckk6Q'],
  'cn-north-1': ['china', '2gHVFy4H7uU3+WaFUxD28v/ggMeqjvSlgngpgLgGT+Y'],
  'cn-northwest-1': ['china', 'TdgrNZkiQOdVfYEBUhO4SzUA09VWI5rYOZGTogpwmiM'],
  'eu-central-1': ['older', 'aCMFS/yIcOdOlkXvOl8AmZ1Toe+bBnrJJ3Fy0k0De2c'],
  'eu-central-2': ['newer', '8Ppx2mBMf6WdCw0NUlzKfwM4/IfRz4OaXFutQXWp6mk'],
  'eu-north-1': ['older', 'tkGFFUVUDvocDiGSS3Cu8Gdl6w2uI32EPNpKFKLwX84'],
  'eu-south-1': ['newer', 'lC0kOVJnpgFyBVrxn0A7n99ecLbXSX95cuuS7X7QK30'],
  'eu-south-2': ['newer', 'GoCW2DFRlu669QNxqFxEcsR6fZUz/4F4n7T45ZcwoEc'],
  'eu-west-1': ['older', 'h2AaGAWO4Hathhtm6ezs3Bj7udgUxi2qTrHjZAwCW6E'],
  'eu-west-2': ['older', 'a69rd5CE/AEG4Amm53I6lkD1ZPvS/BCV3tTPW2RnJg8'],
  'eu-west-3': ['older', 'q8ldnAf9pymeNe8BnFVngY3RPAr/kxswJUzfrlxeEWs'],
  'il-central-1': ['newer', 'JR6q8v6kNNPi8+QSFQ4dj5dimNmZPTgwgsM1SNvtYyU'],
  'me-central-1': ['newer', 'zpb5duKiBZ+l0dFwPeyykB4MPBYhI/XzXNeFSDKBvLE'],
  'me-south-1': ['newer', 'nPjLLKHu2QnLdUq2kVArsoK5xvPJOMRJKCBzCDqC3k8'],
  'mx-central-1': ['newer', 'BCuVl13iQNk+CcVnt18Ef4p2ZHUrBBAOxlFetB32GS0'],
  'sa-east-1': ['older', 'rd2+/32Ognjew1yVIemENaQzC+Botbih62OqAPDq1dI'],
  'us-east-1': ['older', 'dXwn5ma/xadVMeBZGEru5l2gx+yI5LDiJaLUcz0FMmw'],
  'us-east-2': ['older', 'EhwPkTzRtTY7TRSzz26XbB0/HvV9jRM7mCZN0xw/d/0'],
  'us-gov-east-1': ['govCloud', 'tIwe19GWsoyLClrtvu38YEEh+DHIkqnDcZnmtebvF28'],
  'us-gov-west-1': ['govCloud', 'kfOFRWLaOZfB+utbd3bRf8OlPf8nGO2YZLqXZiIw5DQ'],
  'us-west-1': ['older', 'OHldlcMET8u7QLSX3jmRTRAPFHVtqbyoLZBMUCqiH3Y'],
  'us-west-2': ['older', 'EMCIe23TqKaBI6yGHainqZcMwqNkDhhAVHa1O2JxVUc'],
};

/** Undefined for a region whose serial console has no published key that is known here. */
export function serialConsoleHost(region: string): SerialConsoleHost | undefined {
  const entry = Object.hasOwn(published, region) ? published[region] : undefined;
  if (entry === undefined) return undefined;
  const [form, sha256] = entry;
  return { host: forms[form](region), hostKeyFingerprint: `SHA256:${sha256}` };
}
