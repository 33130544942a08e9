export interface Person {
  readonly id: string;
  readonly name: string;
  readonly title: string;
}
