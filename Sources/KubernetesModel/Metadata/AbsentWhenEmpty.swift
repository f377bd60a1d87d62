/// The API leaves empty fields out; writing them would make an apply own what it does not mean to.
extension Collection {
    var nonEmpty: Self? { isEmpty ? nil : self }
}
