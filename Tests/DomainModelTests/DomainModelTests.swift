// Tests of DomainModel.
