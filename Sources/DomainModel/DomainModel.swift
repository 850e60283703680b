// DomainModel
