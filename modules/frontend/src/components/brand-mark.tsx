export function BrandMark({ size }: { readonly size: number }) {
  return <img src="/favicon.svg" alt="" width={size} height={size} />;
}
