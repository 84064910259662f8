module.exports = {db: {connector: 'postgresql', password: 'local-secret'}};
