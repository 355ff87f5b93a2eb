/**
 * Gives what it is called with the private fields of a class that extends it: to each object of
 * thousands, in the room that engines leave in it, where an entry of a `WeakMap` takes its own.
 */
export class Given {
  constructor(object) {
    return object
  }
}
