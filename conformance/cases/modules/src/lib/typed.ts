export interface Shape {
  width: number;
  height: number;
}

export enum Color {
  Red,
  Green,
}

export const enum Direction {
  Up = "up",
}

export const area = ({ width, height }: Shape): number => width * height;
