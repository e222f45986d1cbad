// Package box knows what a box promises: its interface, the rules that every
// driver keeps, and the pool that lends boxes to attempts. How a box is made
// is left to the drivers in its subpackages.
package box
