// For WebView 80 to 92: the one newer thing that the age library calls.
Object.hasOwn ??= (object, key) => Object.prototype.hasOwnProperty.call(object, key)
export {}
