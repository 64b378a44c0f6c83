/** Which answers to a question that is asked again before it was answered are worth showing: each that is newer than the one shown. Pure. */

export interface AnswerTurns {
  /** A question is asked now. @returns to be called when its answer has come: whether nothing newer is shown, which it takes for shown then */
  ask(): () => boolean;
}

export function createAnswerTurns(): AnswerTurns {
  let asked = 0;
  let shown = 0;
  return {
    ask() {
      asked += 1;
      const turn = asked;
      return () => {
        if (turn < shown) return false;
        shown = turn;
        return true;
      };
    },
  };
}
