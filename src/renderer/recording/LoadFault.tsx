/** Why a recording could not be read, and what to do. */
import { useTranslation } from 'react-i18next';
import { BadCast } from '../../asciicast/readAsciicast.ts';
import { toPosternError } from '../../contract/error.ts';
import { useSaid } from '../i18n/said.ts';
import { safeText } from '../ui/safeText.ts';

export function LoadFault({ thrown }: { readonly thrown: unknown }) {
  const { t } = useTranslation();
  const said = useSaid();
  const { message, remedy } = toPosternError(thrown);
  return (
    <p className="error-message padded" role="alert">
      {thrown instanceof BadCast ? t(`player.fault.${thrown.fault}`) : safeText([message, remedy].flatMap((sentence) => (sentence === undefined ? [] : said(sentence))).join(' '))}
    </p>
  );
}
