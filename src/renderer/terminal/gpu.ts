/** Whether WebGL runs on a real GPU: on a software renderer the DOM is five times faster (stack.md 27). */

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

let answer: boolean | undefined;

export function hasRealGpu(): boolean {
  answer ??= askWebgl();
  return answer;
}

export function isSoftwareRenderer(renderer: string): boolean {
  return SOFTWARE.test(renderer);
}

function askWebgl(): boolean {
  const context = document.createElement('canvas').getContext('webgl2');
  if (context === null) return false;
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer: unknown = context.getParameter(names === null ? context.RENDERER : names.UNMASKED_RENDERER_WEBGL);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return typeof renderer === 'string' && !isSoftwareRenderer(renderer);
}
